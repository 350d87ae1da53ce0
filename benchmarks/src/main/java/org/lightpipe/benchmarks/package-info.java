/** What the hub exists for, measured beside what a user would pick instead, in one run on one machine. */
package org.lightpipe.benchmarks;
