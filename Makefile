# make demo   build, check demo contracts and a real library, show a finding
# make test   formatting, lints, all tests
# make docs   rewrite the generated pages of docs/

.PHONY: demo test docs

demo:
	@sh scripts/demo.sh

test:
	@sh scripts/test.sh

docs:
	@UPDATE_DOCS=1 cargo test --locked --test docs
