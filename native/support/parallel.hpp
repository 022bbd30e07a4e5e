// Spreads work on many images over threads. A Model serves one thread at a time, so each thread has its own;
// results are stored by index, so that they do not depend on the number of threads.
#pragma once

#include <functional>
#include <span>
#include <stop_token>

#include "shared/model/model.hpp"

namespace vae {

/// Receives the number of finished pieces, ten times a second and at the end, on the calling thread. An
/// exception thrown from it ends the work early.
using Progress = std::function<void(int done)>;

/// A piece of work. A long one checks `stop` now and then, and may return early once it is set.
using Piece = std::function<void(Model& model, int index, const std::stop_token& stop)>;

/// Runs pieces 0 to `count` - 1, one thread per model. Rethrows the exception of the first piece that fails,
/// or of `progress`.
void for_each_piece(std::span<Model> models, int count, const Piece& piece, const Progress& progress = {});

}  // namespace vae
