/** What scientists see: records of datasets with their previews, made by the publish step, and the search over them. */
package org.lightpipe.portal;
