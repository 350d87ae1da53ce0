/** The catalog, which is the queue: the database, its migrations, and how a step claims and finishes its work. */
package org.lightpipe.catalog;
