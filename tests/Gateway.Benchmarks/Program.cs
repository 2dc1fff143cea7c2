using System.CommandLine;
using Gateway.Benchmarks.Log;

// dotnet run -c Release --project tests/Gateway.Benchmarks -- log-tree
var root = new Command("benchmarks", "Measures the gateway against a control in the same run, as ratios: the machine's own noise is in both.")
{
    LogTreeCost.Create(),
};
return await root.Parse(args).InvokeAsync();
