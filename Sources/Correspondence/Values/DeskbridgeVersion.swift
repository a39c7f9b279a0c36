// The version this source makes.

package enum DeskbridgeVersion {
    package static let text = "0.1.0"
}
