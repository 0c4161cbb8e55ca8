@NullMarked
package com.gymcoach.bedrock.examples.replay.logs;

import org.jspecify.annotations.NullMarked;
