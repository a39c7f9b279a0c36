// swift-tools-version:6.2
// The targets of Deskbridge and the arrows between them: one table, one loop of settings at the end.
import PackageDescription

// MARK: Packages

let packages: [String: Package.Dependency] = [
    "GRDB.swift": .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    "Yams": .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    "hummingbird": .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    "swift-argument-parser": .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    "swift-crypto": .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    "swift-log": .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    "swift-mustache": .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    "swift-service-lifecycle": .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

// MARK: Targets (docs/architecture.md has the table; LayoutTests holds this file to it)

let targets: [Target] = [
    // The house's words, rules and seams: imports nothing.
    .target(name: "Correspondence"),

    // Doors to C: module maps and small shims, nothing else.
    .systemLibrary(name: "CGMime", pkgConfig: "gmime-3.0", providers: [.apt(["libgmime-3.0-dev"])]),
    .systemLibrary(name: "CXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CStemmer", providers: [.apt(["libstemmer-dev"])]),
    .target(name: "CCLD2", linkerSettings: [.linkedLibrary("cld2")]),
    .target(name: "CFastText", linkerSettings: [.linkedLibrary("fasttext")]),
    .target(name: "CTemplates"),

    // Adapters, in a row: none imports another unless the table says so.
    .target(name: "Language", dependencies: ["Correspondence", "CCLD2", "CFastText", "CStemmer"]),
    .target(name: "MailFormat", dependencies: ["Correspondence", "CGMime", "CXML2"]),
    .target(name: "Transport", dependencies: ["Correspondence", "CCurl"]),
    .target(name: "Mailboxes", dependencies: ["Correspondence", "Transport"]),
    .target(name: "Knowledge", dependencies: ["Correspondence", "Language"]),
    .target(name: "Answering", dependencies: ["Correspondence", "Language"]),
    .target(name: "Reports", dependencies: ["Correspondence", "CTemplates", mustache]),
    .target(name: "Storage", dependencies: ["Correspondence", "CPostgreSQL", grdb, sqlite, crypto]),
    .target(name: "Rehearsal", dependencies: ["Correspondence"]),

    // The stations, the doors to the outside, and the one place that wires.
    .target(name: "Gateway", dependencies: ["Correspondence", crypto, lifecycle, logging]),
    .target(
        name: "Web", dependencies: ["Correspondence", "Gateway", "Reports", crypto, hummingbird, lifecycle, logging]),
    .executableTarget(
        name: "deskbridge",
        dependencies: [
            "Correspondence", "Language", "MailFormat", "Transport", "Mailboxes", "Knowledge", "Answering", "Reports",
            "Storage", "Rehearsal", "Gateway", "Web", argumentParser, yams, lifecycle, logging, unixSignals,
        ]),

    // `make bench`: figures as ratios to what the machine can do in the same run.
    .executableTarget(
        name: "deskbridge-bench",
        dependencies: [
            "Correspondence", "Language", "MailFormat", "Transport", "Mailboxes", "Knowledge", "Answering", "Reports",
            "Storage", "Rehearsal", "Gateway", "CGMime", grdb, lifecycle, logging,
        ], path: "Benchmarks"),

    // Tests: fakes and contract suites, one test target a target, the whole binary last.
    .target(name: "TestSupport", dependencies: ["Correspondence", "Rehearsal"], path: "Tests/TestSupport"),
    .testTarget(name: "CorrespondenceTests", dependencies: ["Correspondence", "TestSupport"]),
    .testTarget(name: "LanguageTests", dependencies: ["Language", "Correspondence", "TestSupport"]),
    .executableTarget(
        name: "ReadingProbe", dependencies: ["MailFormat", "Language", "Correspondence"], path: "Tests/ReadingProbe"),
    .testTarget(
        name: "MailFormatTests",
        dependencies: ["MailFormat", "Language", "Correspondence", "TestSupport", "Rehearsal", "ReadingProbe"],
        exclude: ["Corpus", "Texts", "Oracle/oracle.py"]),
    .testTarget(name: "TransportTests", dependencies: ["Transport", "Correspondence", "TestSupport", "Rehearsal"]),
    .testTarget(
        name: "MailboxesTests", dependencies: ["Mailboxes", "Transport", "Correspondence", "TestSupport", "Rehearsal"]),
    .testTarget(
        name: "KnowledgeTests",
        dependencies: ["Knowledge", "Language", "MailFormat", "Correspondence", "TestSupport"]),
    .testTarget(
        name: "AnsweringTests",
        dependencies: [
            "Answering", "Knowledge", "Language", "Transport", "Correspondence", "TestSupport", "Rehearsal",
        ],
        exclude: ["Questions", "Peers"]),
    .testTarget(name: "ReportsTests", dependencies: ["Reports", "CTemplates", "Correspondence", "TestSupport"]),
    .testTarget(name: "StorageTests", dependencies: ["Storage", "Correspondence", "TestSupport", "Rehearsal"]),
    .testTarget(name: "RehearsalTests", dependencies: ["Rehearsal", "Correspondence", "TestSupport"]),
    .testTarget(
        name: "GatewayTests",
        dependencies: [
            "Gateway", "Answering", "Storage", "MailFormat", "Language", "Transport", "Correspondence", "TestSupport",
            "Rehearsal", lifecycle, logging,
        ]),
    .testTarget(
        name: "WebTests",
        dependencies: [
            "Web", "Gateway", "Reports", "Storage", "Correspondence", "TestSupport", "Rehearsal", hummingbird,
            hummingbirdTesting, lifecycle, logging,
        ]),
    .testTarget(
        name: "ProgramTests",
        dependencies: ["deskbridge", "Storage", "Correspondence", "TestSupport", "Rehearsal", logging]),
]

// MARK: Fuzzing

/// `make fuzz` alone sets FUZZ: libFuzzer brings the `main` of this program, so no other build can link it.
let fuzzing: [Target] =
    Context.environment["FUZZ"] == nil
    ? []
    : [
        .executableTarget(
            name: "deskbridge-fuzz", dependencies: ["MailFormat", "Language", "Correspondence"], path: "Fuzz",
            exclude: ["run", "words.dict"])
    ]

// MARK: A part of the house alone

/// `ONLY=MailFormatTests swift test` builds that target and what it needs, and no other package than those it needs.
func closure(of wanted: Set<String>, in targets: [Target]) -> [Target] {
    var names = wanted
    var grew = true
    while grew {
        grew = false
        for target in targets where names.contains(target.name) {
            for case .byNameItem(let name, _) in target.dependencies where names.insert(name).inserted { grew = true }
        }
    }
    return targets.filter { names.contains($0.name) }
}

let only = Set((Context.environment["ONLY"] ?? "").split(separator: ",").map(String.init))
let chosen = only.isEmpty ? targets : closure(of: only, in: targets + fuzzing)
let neededPackages = Set(
    chosen.flatMap { target in
        target.dependencies.compactMap { dependency -> String? in
            guard case .productItem(_, let package, _, _) = dependency else { return nil }
            return package
        }
    })

let package = Package(
    name: "deskbridge",
    products: chosen.contains { $0.name == "deskbridge" }
        ? [.executable(name: "deskbridge", targets: ["deskbridge"])] : [],
    dependencies: neededPackages.sorted().compactMap { packages[$0] },
    targets: chosen,
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu17,
    cxxLanguageStandard: .cxx17
)

for target in package.targets where target.type != .system && target.type != .plugin {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .treatAllWarnings(as: .error),
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("InternalImportsByDefault"),
        ]
}
