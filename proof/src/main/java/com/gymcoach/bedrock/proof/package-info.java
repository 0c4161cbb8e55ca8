/** Runs the checks of this module. */
@NullMarked
package com.gymcoach.bedrock.proof;

import org.jspecify.annotations.NullMarked;
