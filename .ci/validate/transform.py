"""Prints what AWS's SAM transform makes of a template, as JSON.

Takes the template, and parameters as NAME=VALUE. The transform is called as CloudFormation calls
it: with the parameters' values, and with the code where `package` would have put it.
"""

import json
import sys

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class NoManagedPolicies:
    """The template names none that would have to be looked up in IAM."""

    def load(self):
        return {}


with open(sys.argv[1], encoding="utf-8") as file:
    template = yaml_parse(file)
values = {
    name: parameter["Default"]
    for name, parameter in template["Parameters"].items()
    if "Default" in parameter
}
values.update(argument.split("=", 1) for argument in sys.argv[2:])
for resource in template["Resources"].values():
    if resource["Type"] == "AWS::Serverless::Function":
        resource["Properties"]["CodeUri"] = "s3://bucket/key"
try:
    print(json.dumps(transform(template, values, NoManagedPolicies()), indent=1))
except InvalidDocumentException as invalid:
    sys.exit("\n".join(cause.message for cause in invalid.causes))
