// Every request and notification with every field missing, absurd, at its limits, of the wrong type or far too long,
// made from the valid examples by the schema's reflection: a request that is new in the schema needs an example, and is
// covered. Each is answered exactly once; an error names its field and changes nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>

#include "test/support/control/examples.h"
#include "test/support/control/in_process_worker.h"
#include "test/support/control/mutations.h"

namespace sluice::control {
namespace {

using Reply = InProcessWorker::Reply;
using testing::AnyOf;
using testing::HasSubstr;

std::string Lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(c));
  return text;
}

class EveryFieldTest : public testing::Test {
 protected:
  EveryFieldTest() : examples_(LoadExamples(schema_, SLUICE_EXAMPLES)) {}

  Reply Send(const Node& message) {
    const uint32_t id = ++last_id_;
    return worker_.Exchange(Frame(schema_, message, id), id);
  }
  // An empty worker after the examples before number `end`.
  void RunExamples(size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) Send(examples_[i].message);
  }
  void StartOver(size_t end) {
    worker_.CloseAll();
    ASSERT_THAT(worker_.Ids(), testing::IsEmpty());
    RunExamples(0, end);
  }

  // Sends a message that is wrong in some way to a worker that ran the examples before number `index`.
  void SendWrong(size_t index, const Mutation& mutation, const Node& message) {
    SCOPED_TRACE(examples_[index].name + " with " + mutation.what);
    const Reply reply = Send(message);
    Judge(index, reply);
    if (reply.error == "TypeError" && !mutation.field.empty()) ExpectNamed(mutation, reply.reason);
  }
  void Judge(size_t index, const Reply& reply) {
    EXPECT_EQ(reply.answers, examples_[index].is_request ? 1 : 0);
    EXPECT_EQ(reply.stray_answers, 0);
    if (reply.accepted || !examples_[index].is_request) {
      // It counts as good then; whatever comes after must work as well, closing first of all.
      RunExamples(index + 1, examples_.size() - 1);
      StartOver(index);
      before_ = worker_.Dump();
      return;
    }
    EXPECT_THAT(reply.error, AnyOf("Error", "TypeError", "NotFoundError"));
    EXPECT_EQ(worker_.Dump(), before_) << "an error changed something: " << reply.reason;
  }
  // The field, or the table around it when the two together are wrong, or a field that an empty table lacks. A union's
  // tag that does not fit makes its value unreadable.
  static void ExpectNamed(const Mutation& mutation, const std::string& reason) {
    const std::string said = Lower(reason);
    auto names = [&said](const std::string& name) {
      const std::string bare = Lower(name.substr(0, name.find('[')));
      return !bare.empty() && said.find(bare) != std::string::npos;
    };
    const bool is_tag = mutation.field.ends_with("Type");
    const bool named =
        names(mutation.field) || names(mutation.where.substr(mutation.where.rfind('.') + 1)) ||
        std::ranges::any_of(mutation.lacking, names) ||
        (is_tag && (names(mutation.field.substr(0, mutation.field.size() - 4)) || names("cannot be read")));
    EXPECT_TRUE(named) << "does not name the field: " << reason;
  }

  Schema schema_{SLUICE_BFBS};
  std::vector<Example> examples_;
  InProcessWorker worker_;
  uint32_t last_id_ = 0;
  std::string before_;
};

TEST_F(EveryFieldTest, ThereIsAnExampleOfEachMethodAndEvent) {
  const auto* method = schema_.enum_of(*examples_[0].envelope()["method"].field->type());
  std::set<int64_t> seen;
  for (const Example& e : examples_) {
    if (e.is_request) seen.insert(e.number);
  }
  for (const auto* value : *method->values()) EXPECT_TRUE(seen.contains(value->value())) << value->name()->str();
}

TEST_F(EveryFieldTest, EveryExampleIsAccepted) {
  for (size_t i = 0; i + 1 < examples_.size(); ++i) {
    SCOPED_TRACE(examples_[i].name);
    const Reply reply = Send(examples_[i].message);
    EXPECT_EQ(reply.answers, examples_[i].is_request ? 1 : 0);
    EXPECT_EQ(reply.accepted, examples_[i].is_request) << reply.error << ": " << reply.reason;
    EXPECT_THAT(reply.logs, testing::IsEmpty());
  }
  EXPECT_TRUE(worker_.alive());
  Send(examples_.back().message);
  EXPECT_FALSE(worker_.alive()) << "the last example closes the worker";
}

TEST_F(EveryFieldTest, WrongInOneFieldIsAnsweredOnceWithItsNameAndChangesNothing) {
  for (size_t i = 0; i + 1 < examples_.size(); ++i) {
    StartOver(i);
    before_ = worker_.Dump();
    Node message = examples_[i].message;
    Node* body = message.Find("data")->Find("body");
    if (!body) continue;
    ForEachMutation(schema_, *body, [&](const Mutation& mutation) { SendWrong(i, mutation, message); });
  }
}

TEST_F(EveryFieldTest, EveryBodyUnderEveryTagIsAnsweredOnce) {
  for (size_t i = 0; i + 1 < examples_.size(); ++i) {
    StartOver(i);
    before_ = worker_.Dump();
    Node message = examples_[i].message;
    Node& envelope = *message.Find("data");
    if (!envelope.Find("body")) continue;
    const Node original = envelope;
    for (int64_t tag = 0; tag <= 255; ++tag) {
      if (tag == original.Find("body_type")->number) continue;
      envelope["body_type"].number = tag;
      SendWrong(i, {.what = "tag " + std::to_string(tag), .field = "body"}, message);
    }
    envelope = original;
    envelope.Erase(*envelope.Find("body")->field);
    SendWrong(i, {.what = "no body", .field = "body"}, message);
    envelope.Erase(*envelope.Find("body_type")->field);
    SendWrong(i, {.what = "no body and no tag", .field = "body"}, message);
  }
}

TEST_F(EveryFieldTest, SentToEveryOtherObjectItIsAnsweredOnce) {
  std::set<std::string> ids;
  for (Example& e : examples_) {
    if (const Node* id = e.envelope().Find("handler_id")) ids.insert(id->text);
  }
  ids.insert({std::string("\xFF\0{}%s", 6), std::string(70'000, 'x')});
  for (size_t i = 0; i + 1 < examples_.size(); ++i) {
    StartOver(i);
    before_ = worker_.Dump();
    for (const std::string& id : ids) {
      Node message = examples_[i].message;
      Node& handler_id = (*message.Find("data"))["handler_id"];
      if (handler_id.text == id) continue;
      handler_id.text = id;
      SendWrong(i, {.what = "handler id " + id.substr(0, 20)}, message);
    }
  }
}

// What one wrong field does not show two or three may: seeded, so that a failure comes again.
TEST_F(EveryFieldTest, WrongInSeveralFieldsAtOnceIsAnsweredOnceAndChangesNothing) {
  constexpr int kRounds = 2'000;
  std::minstd_rand generator(11);
  auto random = [&generator](uint32_t below) { return static_cast<uint32_t>(generator()) % below; };
  for (int round = 0; round < kRounds; ++round) {
    const size_t i = static_cast<size_t>(round) % (examples_.size() - 1);
    Node message = examples_[i].message;
    Node* body = message.Find("data")->Find("body");
    if (!body) continue;
    StartOver(i);
    before_ = worker_.Dump();
    for (uint32_t left = 2 + random(3); left > 0; --left) MutateOne(schema_, *body, random);
    SCOPED_TRACE(examples_[i].name + " in round " + std::to_string(round));
    Judge(i, Send(message));
  }
}

}  // namespace
}  // namespace sluice::control
