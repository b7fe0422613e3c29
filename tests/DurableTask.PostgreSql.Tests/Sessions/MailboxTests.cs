using DurableTask.Core;
using DurableTask.Core.History;
using Quorum.DurableTask.PostgreSql.Sessions;
using Quorum.DurableTask.PostgreSql.Store;

namespace Quorum.DurableTask.PostgreSql.Tests.Sessions;

public sealed class MailboxTests
{
    private const string Current = "current";
    private readonly Mailbox _mailbox = new("instance");

    [Fact]
    public void A_turn_takes_all_messages_and_the_next_commit_deletes_those_of_the_inbox()
    {
        _mailbox.Add(Stored(1, "a"));
        _mailbox.Add(
            new TaskMessage
            {
                Event = Raised("b"),
                OrchestrationInstance = new OrchestrationInstance { InstanceId = "instance" },
            }
        );
        _mailbox.Add(Stored(2, "c"));

        Assert.Equal(["a", "b", "c"], TakeTurn());
        Assert.False(_mailbox.HasConsumed);
        _mailbox.ConsumeTurn();

        Assert.True(_mailbox.IsEmpty);
        Assert.True(_mailbox.HasConsumed);
        Assert.Equal([1, 2], _mailbox.TakeConsumed());
        Assert.False(_mailbox.HasConsumed);
    }

    [Fact]
    public void A_message_that_comes_twice_is_taken_once()
    {
        _mailbox.Add(Stored(1, "a"));
        _mailbox.Add(Stored(1, "a"));
        Assert.Equal(["a"], TakeTurn());
        _mailbox.ConsumeTurn();

        _mailbox.Add(Stored(1, "a")); // read from the inbox again before it was deleted there

        Assert.True(_mailbox.IsEmpty);
    }

    [Fact]
    public void Any_number_of_messages_that_come_twice_is_taken_once()
    {
        StoredMessage[] messages = [.. Enumerable.Range(1, 2500).Select(id => Stored(id, "a"))];
        AddAll(); // waiting
        AddAll();
        Assert.Equal(2500, TakeTurn().Count);
        AddAll(); // taken
        _mailbox.ReturnTurn();
        Assert.Equal(2500, TakeTurn().Count);
        _mailbox.ConsumeTurn();
        AddAll(); // consumed
        Assert.True(_mailbox.IsEmpty);

        var consumed = _mailbox.TakeConsumed();
        AddAll(); // being deleted
        Assert.True(_mailbox.HasStored);
        _mailbox.Deleted(consumed);
        AddAll(); // deleted, by a read that began before

        Assert.True(_mailbox.IsEmpty);
        Assert.False(_mailbox.HasStored);

        void AddAll()
        {
            foreach (var message in messages)
            {
                _mailbox.Add(message);
            }
        }
    }

    [Fact]
    public void The_messages_of_a_turn_that_failed_come_before_later_ones()
    {
        _mailbox.Add(Stored(1, "a"));
        TakeTurn();
        _mailbox.Add(Stored(2, "b"));
        _mailbox.ReturnTurn();

        Assert.Equal(["a", "b"], TakeTurn());
        _mailbox.ConsumeTurn();
        Assert.Equal([1, 2], _mailbox.TakeConsumed());
    }

    [Fact]
    public void A_message_to_an_earlier_generation_is_deleted_without_being_taken()
    {
        _mailbox.Add(Stored(1, "late", executionId: "earlier"));
        _mailbox.Add(Stored(2, "now", executionId: Current));

        Assert.Equal(["now"], TakeTurn());
        _mailbox.ConsumeTurn();

        Assert.Equal([1, 2], _mailbox.TakeConsumed());
    }

    [Fact]
    public void A_rewind_has_a_turn_of_its_own()
    {
        _mailbox.Add(Stored(1, "before"));
        _mailbox.Add(new StoredMessage(2, "instance", null, new ExecutionRewoundEvent(-1, "rewind")));
        _mailbox.Add(Stored(3, "after"));
        _mailbox.Add(Stored(4, "later"));

        Assert.Equal(["before"], TakeTurn());
        _mailbox.ConsumeTurn();
        Assert.Equal(["rewind"], TakeTurn());
        _mailbox.ConsumeTurn();
        Assert.Equal([1, 2], _mailbox.TakeConsumed());
        Assert.Equal(["after", "later"], TakeTurn());
    }

    private List<string?> TakeTurn() =>
        [
            .. _mailbox
                .TakeTurn(Current)
                .Select(message =>
                    message.Event is ExecutionRewoundEvent rewound ? rewound.Reason : ((EventRaisedEvent)message.Event).Name
                ),
        ];

    private static StoredMessage Stored(long id, string name, string? executionId = null) => new(id, "instance", executionId, Raised(name));

    private static EventRaisedEvent Raised(string name) => new(-1, null) { Name = name };
}
