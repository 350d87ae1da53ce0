/** What every other package may use: findings in words, YAML with line numbers, names, paths and digests. */
package org.lightpipe.core;
