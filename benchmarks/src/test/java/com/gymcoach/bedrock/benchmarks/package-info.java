@NullMarked
package com.gymcoach.bedrock.benchmarks;

import org.jspecify.annotations.NullMarked;
