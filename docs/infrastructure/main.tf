# The table of bedrock-cache, and policies for the services that use it and for operators.

variable "table_name" {
  type    = string
  default = "bedrock-cache"
}

variable "namespace" {
  type        = string
  default     = "default"
  description = "The namespace that the services give to BedrockCache.builder()."
}

resource "aws_dynamodb_table" "cache" {
  name         = var.table_name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "PK"
  range_key    = "SK"

  attribute {
    name = "PK"
    type = "S"
  }

  attribute {
    name = "SK"
    type = "S"
  }

  ttl {
    attribute_name = "ttl"
    enabled        = true
  }
}

# For the role of each service: reads and writes answers.
resource "aws_iam_policy" "service" {
  name_prefix = "bedrock-cache-service-"
  policy = templatefile("${path.module}/service-policy.json.tftpl", {
    table_arn = aws_dynamodb_table.cache.arn
    namespace = var.namespace
  })
}

# For the role of operators who use CacheAdmin: erases users and purges the namespace.
resource "aws_iam_policy" "operator" {
  name_prefix = "bedrock-cache-operator-"
  policy = templatefile("${path.module}/operator-policy.json.tftpl", {
    table_arn = aws_dynamodb_table.cache.arn
    namespace = var.namespace
  })
}
