// libcurl made ready once for the process.

import CCurl
import Glibc

enum CurlLibrary {
    /// Touch before the first use of libcurl. A peer that goes away must give an error, not a SIGPIPE.
    static let ready: Bool = {
        signal(SIGPIPE, SIG_IGN)
        return curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
    }()
}
