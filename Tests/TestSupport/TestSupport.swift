// What several test targets share: fakes of the seams, contract suites, and servers started once a process.

// `Servers*` say what a test needs of the machine and start it; `ScriptedServer` is a peer with faults; `Answers/` and
// `Gateway/` hold the fakes, each kept honest by a contract that the real implementation passes too.
