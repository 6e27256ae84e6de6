using Xunit;

namespace ClusterTest.Events.Tests;

public sealed class MachineClockTests
{
    [Fact]
    public void Is_the_boot_of_the_machine_where_the_kernel_tells_it() => Assert.True(Guid.TryParse(MachineClock.Id, out _));

    [Fact]
    public void Is_the_machines_name_elsewhere() => Assert.Equal(Environment.MachineName, MachineClock.Read("/nowhere/boot_id"));
}
