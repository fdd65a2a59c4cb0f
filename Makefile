# make demo       build, segment the bundled photographs and write demo/report.html
# make test       build and run the tests
# make check-all  everything that CI runs: tests, lint, symbols, old processors, interrupted trainings, benchmarks build
# make verify     recompute the accuracy table on this machine
# make benchmark  run the benchmarks, write Benchmarks/results and draw docs/figures
# make format     format the Swift files
#
# Debian and Ubuntu: missing system packages are installed first.

.PHONY: demo test check-all verify benchmark format lint dependencies test-dependencies clean

SWIFT_FLAGS = -c release

demo: dependencies
	swift build $(SWIFT_FLAGS) --product sphereshift
	.build/release/sphereshift demo

test: dependencies
	swift test $(SWIFT_FLAGS)

check-all: test test-dependencies
	scripts/lint
	scripts/check-isa-symbols
	scripts/test-on-old-processors
	scripts/check-interruptions
	.build/release/sphereshift verify
	swift run $(SWIFT_FLAGS) --package-path Benchmarks sphereshift-benchmarks --quick --output .build/benchmarks

verify: dependencies
	swift run $(SWIFT_FLAGS) sphereshift verify

benchmark: dependencies
	swift run $(SWIFT_FLAGS) --package-path Benchmarks sphereshift-benchmarks --output Benchmarks/results
	swift run $(SWIFT_FLAGS) --package-path Benchmarks sphereshift-benchmarks --sizes --output Benchmarks/results
	swift run $(SWIFT_FLAGS) --package-path Benchmarks sphereshift-benchmarks plot

format:
	scripts/format

lint:
	scripts/lint

dependencies:
	@scripts/install-dependencies

test-dependencies:
	@scripts/install-dependencies --tests

clean:
	rm -rf .build Benchmarks/.build demo
