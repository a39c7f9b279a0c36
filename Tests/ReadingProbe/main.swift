// Reads one mail in a process of its own and says what it took: processor time, peak memory, outcome.
import Correspondence
import Glibc
import Language
import MailFormat

// usage: ReadingProbe FILE. Prints one line: `read|refused SECONDS PEAK-KIB TEXT-BYTES ATTACHMENTS`.
// Everything is as `try mail` has it, the language included. The line is the last thing: a crash prints none.

/// Of this process alone: `getrusage` would count the pages of the parent it was started from.
func peakKiB() -> Int {
    guard let file = fopen("/proc/self/status", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, 256, file) != nil {
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if text.hasPrefix("VmHWM:") { return Int(text.split { $0 == " " || $0 == "\t" }[1]) ?? 0 }
    }
    return 0
}

func contents(of path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    let size = ftell(file)
    rewind(file)
    return [UInt8](unsafeUninitializedCapacity: size) { room, count in count = fread(room.baseAddress, 1, size, file) }
}

guard CommandLine.arguments.count == 2, let mail = contents(of: CommandLine.arguments[1]) else { exit(64) }
let reader = GMimeMailReader(guess: CLD2LanguageGuess())
let context = ReadingContext(trust: .servers(["mx"]))
var outcome = "refused"
var (text, attachments) = (0, 0)
if let message = try? await reader.read(mail, in: context) {
    outcome = "read"
    (text, attachments) = (message.text.utf8.count, message.attachments.count)
}
var time = timespec()
clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
print(outcome, Double(time.tv_sec) + Double(time.tv_nsec) / 1e9, peakKiB(), text, attachments)
