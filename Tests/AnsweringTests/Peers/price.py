# What calls cost by a table of prices that is not ours (the package genai-prices).
#
# usage: price.py FILE        FILE: JSON list of {"provider", "model", "date", "input", "cachedRead", "cacheWrite",
#                             "output"}; input is all of it, cached parts included
#
# Prints a JSON list of USD, null where the table does not know the model.
import datetime
import json
import sys

from genai_prices import Usage, calc_price


def price(case):
    usage = Usage(
        input_tokens=case["input"],
        cache_read_tokens=case["cachedRead"],
        cache_write_tokens=case["cacheWrite"],
        output_tokens=case["output"],
    )
    try:
        found = calc_price(
            usage,
            model_ref=case["model"],
            provider_id=case["provider"],
            genai_request_timestamp=datetime.datetime.fromisoformat(case["date"]),
        )
    except LookupError:
        return None
    return float(found.total_price)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = json.load(file)
    json.dump([price(case) for case in cases], sys.stdout)


main()
