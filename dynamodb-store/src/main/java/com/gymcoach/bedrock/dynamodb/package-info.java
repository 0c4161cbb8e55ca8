/** The warm tier on Amazon DynamoDB. */
@NullMarked
package com.gymcoach.bedrock.dynamodb;

import org.jspecify.annotations.NullMarked;
