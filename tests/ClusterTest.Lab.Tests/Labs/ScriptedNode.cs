using System.Text;
using System.Text.Json.Nodes;
using ClusterTest.Lab.Brokers;

namespace ClusterTest.Lab.Tests.Labs;

/// <summary>A node of a <see cref="ScriptedLab"/>: its queues and Shovels, and how many clients the balancer has given it.</summary>
internal sealed class ScriptedNode
{
    public bool IsDown { get; set; }

    public string Balancer { get; set; } = "UP";

    public int Sessions { get; set; }

    public Dictionary<string, QueueList> Queues { get; } = [];

    /// <summary>The definitions of the Shovels, by their names.</summary>
    public Dictionary<string, JsonNode> Shovels { get; } = [];

    public string ShovelState { get; set; } = "running";

    public void Declare(string name, long messages, string type = "quorum", bool isDurable = true, bool isExclusive = false) =>
        Queues[name] = new QueueList(name, type, messages) { IsDurable = isDurable, IsExclusive = isExclusive };

    public string? AckModeOf(string queue) => Shovels.GetValueOrDefault(queue)?["ack-mode"]?.ToString();

    public string ListQueues() => new JsonArray([.. Queues.Values.Select(static queue => new JsonObject
    {
        ["name"] = queue.Name,
        ["type"] = queue.Type,
        ["messages"] = queue.Messages,
        ["durable"] = queue.IsDurable,
        ["exclusive"] = queue.IsExclusive,
    })]).ToJsonString();

    public string ListShovels(string node) => $"[{string.Join(',', Shovels.Keys.Select(name => $"{{<<\"{name}\">>,{node}@localhost,{ShovelState}}}"))}]";

    // Erlang breaks a long string into several.
    public string ReadShovels()
    {
        var read = new JsonArray([.. Shovels.Select(static shovel => new JsonObject { ["name"] = shovel.Key, ["value"] = shovel.Value.DeepClone() })]);
        var chunks = Convert.ToBase64String(Encoding.UTF8.GetBytes(read.ToJsonString())).Chunk(60).Select(static chunk => $"\"{new string(chunk)}\"");
        return $"<<{string.Join("\n  ", chunks)}>>\n";
    }
}
