/** TO BE DESCRIBED. */
@NullMarked
package com.gymcoach.bedrock.testkit;

import org.jspecify.annotations.NullMarked;
