// deskbridge-fuzz: libFuzzer calls in here; FUZZ_TARGET names which part of the reading gets the bytes.
import Glibc

// Where to begin: `./run` builds this with the sanitizers, makes seeds of the corpus and runs each target a while.
// A target is a function that takes bytes; it traps where a promise of the part is broken (`hold`). Crashes, errors of
// the address sanitizer, leaks, too much memory and too much time are found by libFuzzer and by `TimeCheck`.

private let target: FuzzTarget = {
    guard let name = getenv("FUZZ_TARGET").map({ String(cString: $0) }), let found = FuzzTarget.all[name] else {
        print("FUZZ_TARGET must be one of: \(FuzzTarget.all.keys.sorted().joined(separator: " "))")
        exit(64)
    }
    return found
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    TimeCheck.hold(input.count) { target.run(input) }
    return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// SwiftPM wants this symbol for the program's `main`, of which libFuzzer has one as well: `run` tells the linker to take
/// either, and either does the same.
@_cdecl("deskbridge_fuzz_main")
public func main(_ count: CInt, _ words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
    var (count, words) = (count, words)
    return runFuzzer(&count, &words) { fuzzOneInput($0, $1) }
}

/// A promise of the code under test. A broken one is a crash, whatever the optimiser thinks of assertions.
func hold(_ condition: Bool, _ promise: @autoclosure () -> String) {
    if !condition { fatalError("broken promise: \(promise())") }
}
