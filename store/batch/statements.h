// What a batch asks the database and what it tells it, collected so that each goes there in one piece.
#pragma once

#include <functional>

#include "store/values.h"

namespace cmpkit::store {

/// Questions, each with what takes its answer.
class Reads {
 public:
  using Take = std::function<void(const Rows&)>;
  void add(Statement question, Take take) {
    questions_.push_back(std::move(question));
    takes_.push_back(std::move(take));
  }
  [[nodiscard]] std::span<const Statement> questions() const { return questions_; }

  /// The answers, in the order of the questions.
  void answer(std::span<const Rows> answers) const {
    for (std::size_t i = 0; i < takes_.size(); ++i) takes_[i](answers[i]);
  }

 private:
  std::vector<Statement> questions_;
  std::vector<Take> takes_;
};

using Writes = std::vector<Statement>;

}  // namespace cmpkit::store
