/** Runs the library's jars on other class paths. The main classes run in a JVM of their own. */
@NullMarked
package com.gymcoach.bedrock.compatibility;

import org.jspecify.annotations.NullMarked;
