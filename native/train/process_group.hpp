// The group of processes that train one model together, started by torchrun: a thin layer over LibTorch's
// c10d, Gloo on CPUs and NCCL on GPUs. Otherwise a group of one, at no cost. All processes make the same
// calls in the same order.
#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "native/support/failure.hpp"

namespace vae {

/// Another process of the group ended or cannot be reached.
struct PeerLost : Failure {
  explicit PeerLost(const std::string& message) : Failure(Exit::kDevice, message) {}
};

class ProcessGroup {
 public:
  ProcessGroup();  // of this process alone
  /// Joins the group that torchrun's environment names (RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT); a group
  /// of one if it names none. Sums of tensors on `device` use NCCL if that is CUDA and this LibTorch has it.
  /// Waits up to five minutes for the others. Throws Failure kUsage (an incomplete environment, or a LibTorch
  /// without c10d) and PeerLost.
  static ProcessGroup join(torch::Device device);
  ProcessGroup(ProcessGroup&&) noexcept;
  ~ProcessGroup();

  int rank() const { return rank_; }
  int size() const { return size_; }
  bool first() const { return rank_ == 0; }  // the one that prints and writes

  /// Returns the backend of sums: "NCCL", "Gloo", or "" for one process.
  std::string backend() const;

  /// Sums a tensor over all processes in place, with the same bits in each. Throws PeerLost, whose message
  /// says `what` was being done.
  void sum(torch::Tensor& tensor, const char* what);
  /// Returns whether `here` is true in any process. Throws PeerLost.
  bool any(bool here);
  /// Returns the bytes of the first process. Throws PeerLost.
  std::vector<std::byte> broadcast(std::vector<std::byte> bytes);

 private:
  struct Backends;
  int rank_ = 0, size_ = 1;
  std::unique_ptr<Backends> backends_;  // null for one process
};

/// Returns the rank on this machine (torchrun's LOCAL_RANK), 0 without torchrun, which selects the GPU.
int local_rank();

}  // namespace vae
