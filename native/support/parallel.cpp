#include "native/support/parallel.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace vae {
namespace {

/// The state that the threads share.
class Work {
 public:
  Work(int count, const Piece& piece) : count_(count), piece_(piece) {}

  /// The body of each thread.
  void run(Model& model) {
    try {
      for (int i = next_++; i < count_ && !stop_.stop_requested(); i = next_++) {
        piece_(model, i, stop_.get_token());
        ++done_;
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      stop();
    }
    const std::lock_guard lock(mutex_);
    ++ended_;
    thread_ended_.notify_one();
  }

  void stop() { stop_.request_stop(); }

  void wait_for(std::size_t threads, const Progress& progress) {
    std::unique_lock lock(mutex_);
    while (!thread_ended_.wait_for(lock, std::chrono::milliseconds(100), [&] { return ended_ == threads; })) {
      if (progress) progress(done_);
    }
    if (failure_) std::rethrow_exception(failure_);
    if (progress) progress(done_);
  }

 private:
  const int count_;
  const Piece& piece_;
  std::atomic<int> next_ = 0, done_ = 0;
  std::stop_source stop_;
  std::mutex mutex_;  // of what follows
  std::condition_variable thread_ended_;
  std::size_t ended_ = 0;
  std::exception_ptr failure_;
};

}  // namespace

void for_each_piece(std::span<Model> models, int count, const Piece& piece, const Progress& progress) {
  Work work(count, piece);
  std::vector<std::jthread> threads;  // joined at the end, whatever happens
  try {
    for (Model& model : models) threads.emplace_back([&work, &model] { work.run(model); });
    work.wait_for(threads.size(), progress);
  } catch (...) {
    work.stop();
    throw;
  }
}

}  // namespace vae
