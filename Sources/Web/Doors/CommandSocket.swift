// The unix socket of the commands: whoever may open it is admin, so nobody else may, not even for a moment.

import Correspondence
import Foundation

/// It is opened inside a folder that only its owner may enter, closed to others, and then moved to its place: between
/// opening and closing to others there is no path that anybody else could take. One that an earlier run left is
/// replaced (the store's lock says who may run).
struct CommandSocket: Sendable {
    let path: String
    /// Where it is opened.
    let nursery: String
    private let folder: String
    /// What `sun_path` holds (unix(7)), with its end.
    static let lengthLimit = 107

    init(path: String) throws(WebError) {
        self.path = path
        folder = "\(path).new"
        nursery = "\(folder)/s"
        guard nursery.utf8.count <= Self.lengthLimit else {
            throw WebError(
                code: .cannotListen, detail: "\(path): too long for a unix socket; move the database to a shorter path")
        }
        unlink(nursery)
        rmdir(folder)
        guard mkdir(folder, 0o700) == 0 else {
            throw WebError(code: .cannotListen, detail: "\(folder): \(String(cString: strerror(errno)))")
        }
    }

    func moveIn() {
        chmod(nursery, 0o600)
        rename(nursery, path)
        rmdir(folder)
    }

    func remove() {
        unlink(path)
        unlink(nursery)
        rmdir(folder)
    }
}
