// The folder that tells a run's story, for people and programs:
//   metrics.jsonl            a JSON object for every logged step, in the order of the steps
//   events.out.tfevents.*    the same and all pictures for TensorBoard, a file for every start of the run
//   pictures/NAME-STEP.png   drawn along training
//   NAME.png                 the figures of the finished run, kFigures
// It belongs to one run at a time. Opened at a step, it forgets what is beyond: a run that goes on from its
// checkpoint writes that again, and a new run starts a new story. Nothing here depends on LibTorch.
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

class RunLog {
 public:
  /// Makes the folder, locks it, and forgets what is beyond `step`. Throws Failure kIo, kLocked, or kBadData
  /// where a metrics.jsonl is not of ours.
  RunLog(const std::filesystem::path& folder, std::int64_t step);

  // Each throws Failure kIo.

  /// Numbers that are not finite are left out: JSON has none.
  void metrics(std::int64_t step, int epoch, std::span<const Metric> values);
  /// pictures/NAME-STEP.png, TensorBoard's NAME.
  void picture(std::int64_t step, const std::string& name, std::span<const std::byte> png);
  /// NAME.png, TensorBoard's final/NAME. `name` is one of kFigures.
  void figure(std::int64_t step, const std::string& name, std::span<const std::byte> png);

 private:
  std::filesystem::path folder_;
  OutputLock lock_;
  GrowingFile metrics_;
  EventFile events_;
};

}  // namespace vae
