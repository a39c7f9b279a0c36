// Media types by the end of a file name, where nobody said one.

enum FileType {
    static func ofName(_ name: String) -> String {
        let end = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
        return types[end] ?? "application/octet-stream"
    }

    private static let types = [
        "csv": "text/csv", "txt": "text/plain", "pdf": "application/pdf", "zip": "application/zip", "gif": "image/gif",
        "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "doc": "application/msword",
        "xls": "application/vnd.ms-excel", "rtf": "application/rtf", "htm": "text/html", "html": "text/html",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "ics": "text/calendar", "vcf": "text/vcard", "eml": "message/rfc822", "mp4": "video/mp4", "mp3": "audio/mpeg",
    ]
}
