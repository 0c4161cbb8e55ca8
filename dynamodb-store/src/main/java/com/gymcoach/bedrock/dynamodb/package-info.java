/** TO BE DESCRIBED. */
@NullMarked
package com.gymcoach.bedrock.dynamodb;

import org.jspecify.annotations.NullMarked;
