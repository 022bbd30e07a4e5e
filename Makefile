# digit-vae. Each target installs what it needs (.ci/install), then builds with CMake's presets.
#   PORT=8080   ARGS=options for native_train   CMAKE_PREFIX_PATH=a LibTorch   IMGUI_DIR=a Dear ImGui   CHROMIUM=a browser
#   BUILD=a folder, where this one cannot be written: works in a copy, BUILD/digit-vae
ifneq ($(if $(filter command,$(origin BUILD)),$(BUILD)),)
.PHONY: copy $(MAKECMDGOALS)
$(or $(MAKECMDGOALS),help): copy
	@$(MAKE) -C '$(BUILD)/digit-vae' BUILD= $@
copy:
	@.ci/copy '$(BUILD)/digit-vae'
else
PORT ?= 8080
FILES ?= $(patsubst %,assets/%.bin,weights mlp tf-mlp tf-conv aevb)
NLL ?= 5000
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo web dist native data train assets lint tidy test test-pip bench quality clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*  ## /  make \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20

demo: web  ## build the page and serve it on this machine (PORT=8080; ADDRESS=0.0.0.0: to others too)
	@exec python3 .ci/serve.py build/web $(PORT) $(ADDRESS)

web:  ## build the page and the headless module: build/web
	@.ci/install web
	$(build_web)

dist: web  ## build what goes into other pages, and the site: build/dist
	@.ci/install dist
	@node web/dist/build.mjs

native:  ## build native_train, native_eval and the lab window: build/native
	@.ci/install native
	$(call build,native,build/native)

data:  ## fetch MNIST: build/mnist
	@.ci/install data

train: native data  ## train on MNIST into build/weights.bin (ARGS="--latent 20 ...")
	build/native/native_train --data build/mnist --out build/weights.bin $(call unless,--config,$(mlp)) \
	  $(call unless,--checkpoint,--checkpoint build/weights.checkpoints --resume auto) $(ARGS)
	@rm -rf build/weights.checkpoints

assets: native data  ## train all weights in assets/ again (hours; a run that was stopped goes on)
	build/native/native_digits --data build/mnist --out assets/digits.bin
	$(call trained,build/assets/weights-f32.bin,weights,--preset resnet)
	build/native/native_train --data build/mnist --init build/assets/weights-f32.bin --epochs 0 --precision int8 \
	  --out assets/weights.bin
	$(call asset,mlp,$(mlp) --precision f16)
	$(call asset,autoencoder,$(mlp) --precision f16 --objective autoencoder)
	$(call asset,tf-mlp,--preset tf-mlp --steps 100000 --precision f16)
	$(call asset,aevb,--preset aevb --latent 2 --epochs 300 --precision f16 --snapshots 16)
	$(call asset,tf-conv,--preset tf-conv --precision int8 --threads 2)

mlp = --config native/config/mlp.toml
unless = $(if $(findstring $(1),$(ARGS)),,$(2))  # flags that ARGS does not give
asset = $(call trained,assets/$(1).bin,$(1),$(2))
# $(call trained,FILE,NAME,OPTIONS): its checkpoints, log and pictures are in build/assets, by its name
define trained
	@mkdir -p build/assets
	build/native/native_train --data build/mnist --out $(1) $(3) --log-dir build/assets/$(2).log \
	  --checkpoint build/assets/$(2).checkpoints --resume auto
	@rm -r build/assets/$(2).checkpoints
endef

lint:  ## check the format and the habits of the sources (FIX=1 formats C++)
	@.ci/install lint
	@tests/lint/run

tidy: native  ## check the C++ that make native compiled with clang-tidy: what changed since, minutes for all
	@.ci/install lint
	@python3 tests/lint/tidy.py build/native

test test-pip: strict = -DDIGIT_VAE_WERROR=ON
test: lint  ## build and check everything, as CI does
	@.ci/install test
	$(call build,native,build/native)
	python3 tests/lint/tidy.py build/native
	ctest --preset native
	@grep -q 'Torch_DIR.*third_party' build/native/CMakeCache.txt || $(MAKE) test-pip  # that was pip's already
	$(call build,asan,build/asan)
	ctest --preset asan
	$(build_web)
	ctest --preset web
	node web/dist/build.mjs
	node tests/web/hosts/build.mjs
	npx --no-install playwright test

test-pip:
	$(call build,native-pip,build/native-pip,$(pip_torch))
	ctest --preset native-pip

bench: native web data  ## speed and size beside PyTorch, TensorFlow.js and ONNX Runtime (up to an hour, idle)
	@.ci/install bench
	$(call build,bench-pip,build/bench/pip,$(pip_torch))
	node web/dist/build.mjs
	rm -f build/bench/training.json build/bench/browser.json
	-python3 tests/bench/train.py build/native build/mnist
	node tests/bench/browser.mjs
	@python3 tests/bench/report.py build/bench

quality: native data  ## what a classifier makes of digits (FILES="w.bin ..."), and the first file's NLL (NLL=5000: hours, 0: none)
	build/native/quality_report $(FILES) --data build/mnist --nll $(NLL)

clean:  ## remove build/
	rm -rf build

# $(call build,PRESET,ITS FOLDER[,A LIBTORCH]): configures when that was not done yet or would now come out differently,
# as with what some tests need and CMake looks for. A folder where make test built stays as strict as that is.
pip_torch = $$(ls -d '$(CURDIR)/build/third_party/torch' 2>/dev/null || \
  build/venv/bin/python -c 'import torch; print(torch.utils.cmake_prefix_path)')
define build
@settings="$(CURDIR) $(if $(3),$(3),$$CMAKE_PREFIX_PATH) $$IMGUI_DIR $$(cksum <CMakePresets.json) \
 $$(ls build/venv/bin/python 2>/dev/null; command -v emcc xvfb-run);$(strict)"; \
 { [ -e $(2)/build.ninja ] && \
   case "$$(cat $(2)/.configured 2>/dev/null)" in "$$settings"*) ;; *) false ;; esac; } || { \
   echo "cmake --preset $(1)"; \
   $(if $(3),CMAKE_PREFIX_PATH=$(3)) cmake --fresh --preset $(1) $(strict) --log-level=WARNING >/dev/null && \
   echo "$$settings" >$(2)/.configured; }
cmake --build --preset $(1)
endef
# The page, which a web server of another user may read whatever the umask.
define build_web
$(call build,web,build/emscripten)
@chmod -R a+rX build/web
endef
endif
