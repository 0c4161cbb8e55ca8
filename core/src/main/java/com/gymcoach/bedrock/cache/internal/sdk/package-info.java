/** Knowledge of Bedrock's operations: keys, admission and codecs. */
@NullMarked
package com.gymcoach.bedrock.cache.internal.sdk;

import org.jspecify.annotations.NullMarked;
