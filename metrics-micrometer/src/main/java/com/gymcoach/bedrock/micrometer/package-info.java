/** The cache and Micrometer. */
@NullMarked
package com.gymcoach.bedrock.micrometer;

import org.jspecify.annotations.NullMarked;
