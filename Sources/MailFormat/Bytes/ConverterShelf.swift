// Open iconv converters of one thread: opening one loads a library, which costs more than a short mail.
import CGMime
import Glibc

/// Belongs to the thread that asked for it, and goes with it.
final class ConverterShelf {
    /// More charsets than this in one go are no honest mail: the shelf is emptied.
    private static let limit = 24

    private var converters: [String: GIConv] = [:]

    /// nil only where the system has no room for another thread's value.
    static var ofThisThread: ConverterShelf? {
        guard let key else { return nil }
        if let kept = pthread_getspecific(key) {
            return Unmanaged<ConverterShelf>.fromOpaque(kept).takeUnretainedValue()
        }
        let made = Unmanaged.passRetained(ConverterShelf())
        guard pthread_setspecific(key, made.toOpaque()) == 0 else {
            made.release()
            return nil
        }
        return made.takeUnretainedValue()
    }

    private static let key: pthread_key_t? = {
        var key = pthread_key_t()
        let failed = pthread_key_create(&key) { kept in
            if let kept { Unmanaged<ConverterShelf>.fromOpaque(kept).release() }
        }
        return failed == 0 ? key : nil
    }()

    deinit { close() }

    /// To UTF-8, in its first state; nil when iconv does not know the charset.
    func converter(from name: String) -> GIConv? {
        if let converter = converters[name] {
            g_iconv(converter, nil, nil, nil, nil)
            return converter
        }
        guard let converter = g_iconv_open("UTF-8", name), Int(bitPattern: converter) != -1 else { return nil }
        if converters.count >= Self.limit {
            close()
            converters = [:]
        }
        converters[name] = converter
        return converter
    }

    private func close() {
        for converter in converters.values { g_iconv_close(converter) }
    }
}
