// A run's log folder, for people and programs:
//   metrics.jsonl            a JSON object per logged step, in the order of steps
//   events.out.tfevents.*    the same and all pictures for TensorBoard, a file for each start of the run
//   pictures/NAME-STEP.png   drawn during training
//   NAME.png                 the figures of the finished run, kFigures
// It belongs to one run at a time. Opened at a step, it drops everything beyond: a resumed run writes that
// again, and a new run starts from nothing. Nothing here depends on LibTorch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "native/figures/figures.hpp"
#include "native/run/event_file.hpp"
#include "native/support/output_file.hpp"

namespace vae {

struct Metric {
  std::string key, tag;  // in metrics.jsonl and in TensorBoard
  double value = 0;
};

class LogFolder {
 public:
  /// Creates the folder, locks it and drops what is beyond `step`, which may be -1. Throws Failure kIo,
  /// kLocked, or kBadData when a metrics.jsonl is not one of ours.
  LogFolder(const std::filesystem::path& folder, std::int64_t step);

  // Each throws Failure kIo.

  /// Writes the finite values; JSON has no others.
  void metrics(std::int64_t step, int epoch, std::span<const Metric> values);
  /// Writes pictures/NAME-STEP.png and TensorBoard's NAME.
  void picture(std::int64_t step, const std::string& name, std::span<const std::byte> png);
  /// Writes NAME.png and TensorBoard's final/NAME. `name` is one of kFigures.
  void figure(std::int64_t step, const std::string& name, std::span<const std::byte> png);

 private:
  std::filesystem::path folder_;
  OutputLock lock_;
  GrowingFile metrics_;
  EventFile events_;
};

}  // namespace vae
