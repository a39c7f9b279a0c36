// What a CURLcode means to us: one table for HTTP and for streams.

import CCurl
import Glibc

enum CurlFault {
    case badAddress, unknownHost, refused, tls, noSTARTTLS, login, timedOut, cutOff, weird, tooLarge, cancelled, other

    init(_ code: CURLcode, systemError: Int, words: String) {
        switch code {
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: self = .badAddress
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: self = .unknownHost
        case CURLE_COULDNT_CONNECT: self = .refused
        case CURLE_SSL_CONNECT_ERROR:
            // A peer that resets in the handshake is a broken line, not a wrong certificate.
            let isReset = systemError == Int(ECONNRESET) || words.contains("SSL_ERROR_SYSCALL")
            self = isReset ? .cutOff : .tls
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_ENGINE_NOTFOUND,
            CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_PINNEDPUBKEYNOTMATCH:
            self = .tls
        case CURLE_USE_SSL_FAILED: self = .noSTARTTLS
        case CURLE_LOGIN_DENIED, CURLE_AUTH_ERROR: self = .login
        case CURLE_OPERATION_TIMEDOUT: self = .timedOut
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE: self = .cutOff
        case CURLE_WEIRD_SERVER_REPLY: self = .weird
        case CURLE_FILESIZE_EXCEEDED: self = .tooLarge
        case CURLE_ABORTED_BY_CALLBACK: self = .cancelled
        default: self = .other
        }
    }
}
