// Windows' numbers of charsets, as TNEF and RTF name them, under the names that `Charset` knows.

enum CodePage {
    static func charset(_ number: Int) -> String {
        switch number {
        case 65001: "utf-8"
        case 1200: "utf-16le"
        case 0, 1252, 28591: "windows-1252"
        case 20127: "us-ascii"
        case 28592...28606: "iso-8859-\(number - 28590)"
        case 50220...50222: "iso-2022-jp"
        case 51932: "euc-jp"
        case 51949: "euc-kr"
        case 54936: "gb18030"
        case 20866: "koi8-r"
        case 21866: "koi8-u"
        case 10000: "macintosh"
        default: "cp\(number)"
        }
    }

    /// Of a `\fcharset` of RTF's font table.
    static func ofFont(_ number: Int) -> Int? {
        switch number {
        case 0: 1252
        case 77: 10000
        case 128: 932
        case 129: 949
        case 134: 936
        case 136: 950
        case 161: 1253
        case 162: 1254
        case 163: 1258
        case 177: 1255
        case 178: 1256
        case 186: 1257
        case 204: 1251
        case 222: 874
        case 238: 1250
        default: nil
        }
    }
}
