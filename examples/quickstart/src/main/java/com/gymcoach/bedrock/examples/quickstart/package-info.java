/** TO BE DESCRIBED. */
@NullMarked
package com.gymcoach.bedrock.examples.quickstart;

import org.jspecify.annotations.NullMarked;
