# What one types: `make run` for the demo, `make test` for all tests. Both install what they need and say so first.
SHELL := /bin/sh
SWIFT ?= swift
CONFIGURATION ?= release
# On a terminal SwiftPM would hand other flags to the compiler than into a log, and build everything anew.
RELEASE := $(SWIFT) build --no-color-diagnostics -c release --static-swift-stdlib --product deskbridge
BINARY := .build/release/deskbridge

.PHONY: help run build test layout lint format bench corpus fuzz clean

help:
	@echo 'make run     private mail servers, sample customers, and what Deskbridge makes of their mail'
	@echo 'make build   the release binary: $(BINARY)'
	@echo 'make test    all tests, on real servers started on loopback'
	@echo 'make bench   the figures of docs/performance.md, as ratios'
	@echo 'make corpus  how much of the mail corpus is read as it should be, by folder'
	@echo 'make fuzz    libFuzzer on everything that reads a mail, a minute each: crash, leak, slowness'
	@echo 'make lint    the form of the source; make format mends it'

run:
	@.ci/install-packages build run
	@.ci/private-exim
	@.ci/quietly .build/build.log $(RELEASE)
	@exec $(BINARY) demo

build:
	@.ci/install-packages build
	@.ci/quietly .build/build.log $(RELEASE)
	@echo $(BINARY)

# Warnings are errors, undeclared imports are errors (its exit code tells, not its last line), an absent server fails.
test: lint
	@.ci/install-packages build run test
	@.ci/private-exim
	@.ci/language-model || :
	@.ci/model-peers || :
	@.ci/local-embeddings || :
	@$(MAKE) --no-print-directory layout
	$(SWIFT) build --no-color-diagnostics --build-tests --explicit-target-dependency-import-check error
	REQUIRE_SERVERS=1 SWIFT=$(SWIFT) .ci/run-tests

# What SwiftPM makes of Package.swift, for LayoutTests to compare with docs/architecture.md.
layout:
	@mkdir -p .build
	$(SWIFT) package describe --type json > .build/layout.json

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks Fuzz

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks Fuzz

bench:
	@.ci/install-packages build run test
	@.ci/quietly .build/build.log $(RELEASE)
	@.ci/quietly .build/build.log $(SWIFT) build --no-color-diagnostics -c release --static-swift-stdlib --product deskbridge-bench
	@exec .build/release/deskbridge-bench

corpus:
	@.ci/install-packages build
	@ONLY=MailFormatTests $(SWIFT) build --build-tests
	@CORPUS_FIGURES=1 ONLY=MailFormatTests $(SWIFT) test --skip-build --filter CorpusFigures | grep '^|'

fuzz:
	@.ci/install-packages build
	@SWIFT=$(SWIFT) Fuzz/run

clean:
	rm -rf .build var
