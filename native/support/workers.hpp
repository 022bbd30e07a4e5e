// A pool of threads for one training step: runs the same function on all threads, thousands of times with
// short pauses. (parallel.hpp is for long work on many images.)
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace vae {

class Workers {
 public:
  /// Starts count - 1 threads; the caller is another one. `count` is at least 1.
  explicit Workers(int count);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  int count() const { return static_cast<int>(threads_.size()) + 1; }

  /// Runs piece(0) on the calling thread and piece(1) to piece(count() - 1) on the others. Returns when all
  /// are done; rethrows an exception of one of them. Where the pieces multiply matrices, call set_threads(1)
  /// to keep LibTorch's own threads out of the way.
  void run(const std::function<void(int)>& piece);

 private:
  void work(int index);
  void attempt(int index);

  const std::function<void(int)>* piece_ = nullptr;
  std::atomic<unsigned> round_ = 0, running_ = 0;
  std::atomic<bool> ending_ = false;
  std::mutex mutex_;
  std::exception_ptr failure_;
  std::vector<std::thread> threads_;
};

}  // namespace vae
