// The one owner of a curl easy handle, its lists and its error text.

import CCurl

/// Not Sendable: one thread at a time, and who hands it on forgets it.
final class CurlHandle {
    let raw: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var lists: [UnsafeMutablePointer<curl_slist>] = []

    /// nil when out of memory, or when libcurl could not be made ready.
    init?() {
        guard CurlLibrary.ready, let raw = curl_easy_init() else { return nil }
        self.raw = raw
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        _ = ccurl_set_pointer(raw, CURLOPT_ERRORBUFFER, errorText)
        _ = ccurl_set_own_sockets(raw)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_SSLVERSION, 6)  // CURL_SSLVERSION_TLSv1_2: the least that is spoken
    }

    deinit {
        curl_easy_cleanup(raw)
        for list in lists { curl_slist_free_all(list) }
        errorText.deallocate()
    }

    func set(_ option: CURLoption, _ value: Int) { _ = ccurl_set_long(raw, option, value) }
    func set(_ option: CURLoption, _ value: String) { _ = ccurl_set_string(raw, option, value) }
    func set(_ option: CURLoption, size: Int) { _ = ccurl_set_size(raw, option, curl_off_t(size)) }
    func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer?) { _ = ccurl_set_pointer(raw, option, pointer) }
    func set(_ option: CURLoption, _ callback: @escaping ccurl_transfer) {
        _ = ccurl_set_transfer(raw, option, callback)
    }

    /// The list lives as long as the handle.
    func set(_ option: CURLoption, list values: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for value in values {
            // nil means out of memory; the list so far stays whole.
            if let longer = curl_slist_append(list, value) { list = longer }
        }
        if let list {
            lists.append(list)
            _ = ccurl_set_list(raw, option, list)
        }
    }

    func long(_ info: CURLINFO) -> Int {
        var value = 0
        _ = ccurl_get_long(raw, info, &value)
        return value
    }

    var socket: Int32? {
        var value: curl_socket_t = -1
        return ccurl_get_socket(raw, CURLINFO_ACTIVESOCKET, &value) == CURLE_OK && value >= 0 ? value : nil
    }

    /// libcurl's own words about the last failure.
    func words(for code: CURLcode) -> String {
        let own = String(cString: errorText)
        return own.isEmpty ? String(cString: curl_easy_strerror(code)) : own
    }
}
