// An answerer that may take its time: its script is asynchronous.

package import Correspondence
import Synchronization

package final class ScriptedAnswerer: Answerer {
    package typealias Script = @Sendable (_ number: Int, _ request: DraftRequest) async throws(AnswererError) -> Draft

    package let name = "scripted"
    package let asksProvider: Bool
    private let script: Script
    private let asked = Mutex<[DraftRequest]>([])

    /// `number` counts requests from 1.
    package init(
        asksProvider: Bool = false,
        script: @escaping Script = { (_, request) async throws(AnswererError) -> Draft in
            Sample.draft("On “\(request.question)”: two years.")
        }
    ) {
        self.asksProvider = asksProvider
        self.script = script
    }

    package var requests: [DraftRequest] { asked.withLock { $0 } }

    package func draft(_ request: DraftRequest) async throws(AnswererError) -> Draft {
        let number = asked.withLock { asked in
            asked.append(request)
            return asked.count
        }
        return try await script(number, request)
    }

    package func probe() async throws(AnswererError) -> String { "The scripted answerer is here." }
}
