// The switch that turns an absent server from a skipped test into a failed one.

import TestSupport
import Testing

struct ServerRuleTests {
    @Test func `One demands servers, zero and nothing do not, anything else is an error`() throws {
        #expect(try ServerRule.areDemanded("1"))
        for value in [nil, "", "0"] { #expect(try !ServerRule.areDemanded(value)) }
        for value in ["yes", "true", "2", " 1"] {
            #expect(throws: ServerRule.UnknownValue.self) { try ServerRule.areDemanded(value) }
        }
    }
}
