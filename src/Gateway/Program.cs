using System.CommandLine;
using System.CommandLine.Help;
using Gateway.Commands;
using Gateway.Commands.Call;
using Gateway.Commands.Certs;
using Gateway.Commands.Contracts;
using Gateway.Commands.Demo;
using Gateway.Commands.Health;
using Gateway.Commands.Incident;
using Gateway.Commands.Keys;
using Gateway.Commands.Legal;
using Gateway.Commands.Log;
using Gateway.Commands.Partner;
using Gateway.Commands.Requests;
using Gateway.Commands.Serve;
using Gateway.Commands.Subject;
using Gateway.Commands.Trace;
using Gateway.Commands.Witness;

// Named here, because the assembly is named after the house and not after the command.
var root = new Command("gateway", "Shares customer data with third-party processors: only what their contract allows, every call recorded.")
{
    Options = { new HelpOption(), new VersionOption() },
};
// One line a verb, in the order a newcomer needs them.
root.Subcommands.Add(DemoCommand.Create());
root.Subcommands.Add(ServeCommand.Create());
root.Subcommands.Add(CallCommand.Create());
root.Subcommands.Add(CertsCommand.Create());
root.Subcommands.Add(LogCommand.Create());
root.Subcommands.Add(IncidentCommand.Create());
root.Subcommands.Add(LegalCommand.Create());
root.Subcommands.Add(PartnerCommand.Create());
root.Subcommands.Add(ContractsCommand.Create());
root.Subcommands.Add(RequestsCommand.Create());
root.Subcommands.Add(SubjectCommand.Create());
root.Subcommands.Add(TraceCommand.Create());
root.Subcommands.Add(WitnessCommand.Create());
root.Subcommands.Add(KeysCommand.Create());
root.Subcommands.Add(HealthCommand.Create());

var parsed = root.Parse(args);
try
{
    var exitCode = await parsed.InvokeAsync(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
    });
    return parsed.Errors.Count > 0 ? ExitCode.Usage : exitCode;
}
catch (CommandFailure failure)
{
    Output.Failure(failure.Message, failure.Hint);
    return failure.ExitCode;
}
catch (OperationCanceledException)
{
    return ExitCode.Ok;
}
catch (Exception unexpected)
{
    Output.Failure($"{unexpected.GetType().Name}: {unexpected.Message}", "this is a fault of the gateway's; please report it with what you ran");
    return ExitCode.Unexpected;
}
