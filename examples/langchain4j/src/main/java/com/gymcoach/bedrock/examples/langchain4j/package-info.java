/** Example: LangChain4j's Bedrock models with the cache. */
@NullMarked
package com.gymcoach.bedrock.examples.langchain4j;

import org.jspecify.annotations.NullMarked;
