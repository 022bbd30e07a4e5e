// The known word that somebody may have meant.
#pragma once

#include <span>
#include <string>

namespace vae {

/// Returns the known word with the fewest letters changed, at most a third of them; "" where there is none.
std::string nearest(const std::string& word, std::span<const std::string> known);

/// Returns that as "; did you mean X?", or "".
std::string or_nearest(const std::string& word, std::span<const std::string> known);

}  // namespace vae
