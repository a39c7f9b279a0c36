// Builds everything from the settings.

import Answering
import Correspondence

enum Wiring {
    static func answerer(_ settings: Settings) throws -> any Answerer {
        switch settings.answering.provider {
        case .builtIn: return Parts.builtInAnswerer()
        default:
            throw Complaint(.configuration, "answering.provider: \(settings.answering.provider.rawValue) is not there")
        }
    }
}
