// What a command says when it cannot go on, and the one place that maps failures to exit codes.

import ArgumentParser
import Correspondence
import Foundation
import Language

/// Exit codes of sysexits.h, by what they mean for whoever runs a command.
enum ExitStatus: Int32, Sendable {
    case usage = 64
    /// An input or a name given is wrong.
    case data = 65
    case noInput = 66
    case unavailable = 69
    case software = 70
    case cannotCreate = 73
    case inputOutput = 74
    /// Trying again later may help.
    case temporary = 75
    case noPermission = 77
    case configuration = 78
}

/// A sentence for standard error: what, where, what to do.
struct Complaint: Error, Sendable {
    var status: ExitStatus
    var text: String

    init(_ status: ExitStatus, _ text: String) {
        self.status = status
        self.text = text
    }

    /// What `error` means to the one at the terminal; nil for ArgumentParser's own.
    init?(about error: any Error) {
        switch error {
        case let complaint as Complaint: self = complaint
        case let error as SettingsError: self.init(.configuration, error.description)
        case let error as StoreError: self.init(Self.status(of: error), error.description)
        case let error as TemplateError: self.init(.configuration, error.description)
        case let error as AnswererError:
            self.init(error.code == .refused ? .configuration : .unavailable, error.description)
        case let error as LanguageModelError:
            self.init(error.code == .missing ? .noInput : .data, error.description)
        case let error as MailboxError: self.init(.unavailable, error.description)
        case let error as HTTPClientError: self.init(.unavailable, error.description)
        case let error as MailReadingError: self.init(.data, error.description)
        case let error as any Failure: self.init(error.isTemporary ? .temporary : .unavailable, error.description)
        default: return nil
        }
    }

    static func status(of error: StoreError) -> ExitStatus {
        switch error.code {
        case .unavailable, .stale, .locked: .temporary
        case .full: .inputOutput
        case .readOnly: .noPermission
        case .notFound, .invalid: .data
        case .damaged: .configuration
        case .other: .software
        }
    }
}
