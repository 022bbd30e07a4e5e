// Work on many images spread over threads. A Model serves one thread at a time, so every thread has its own;
// what a piece of work gives is kept under its number, so that results never depend on how many threads
// there are.
#pragma once

#include <functional>
#include <span>
#include <stop_token>

#include "shared/model/model.hpp"

namespace vae {

/// Told how much is done, ten times a second and at the end, on the thread that asked for the work. What it
/// throws ends the work early.
using Progress = std::function<void(int done)>;

/// Piece `index` of the work. A long one looks at `stop` now and then and may return anything once it is set.
using Piece = std::function<void(Model& model, int index, const std::stop_token& stop)>;

/// Does pieces 0 to `count` - 1, one thread for each model. Throws what the first failing piece threw, or
/// what `progress` threw.
void for_each_piece(std::span<Model> models, int count, const Piece& piece, const Progress& progress = {});

}  // namespace vae
